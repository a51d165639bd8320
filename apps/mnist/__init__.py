"""The parts of ../mnist_recognition.py, one idea a file.

To be read in this order: networks, data, recipes (how each network is trained), training (the loop), report (how well it
reads). Around them: files, options, stopping.
"""
