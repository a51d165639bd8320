"""The parts of ../mnist_recognition.py, one idea a file."""
