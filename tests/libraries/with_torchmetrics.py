"""TorchMetrics: measures of classifiers, of regression, of images and of texts."""
import torch
import torchmetrics as tm
from torchmetrics.image import PeakSignalNoiseRatio, StructuralSimilarityIndexMeasure
from torchmetrics.text import Perplexity, WordErrorRate

torch.manual_seed(0)
p, y = torch.randn(64, 5).softmax(1), torch.randint(0, 5, (64,))
for metric in (tm.Accuracy, tm.F1Score, tm.Precision, tm.AUROC, tm.ConfusionMatrix, tm.CohenKappa, tm.CalibrationError,
               tm.MatthewsCorrCoef, tm.AveragePrecision, tm.JaccardIndex):
    measured = metric(task="multiclass", num_classes=5)
    measured.update(p, y)
    print(metric.__name__, measured.compute())
a = torch.randn(50)
b = a + 0.1 * torch.randn(50)
for metric in (tm.MeanSquaredError, tm.MeanAbsoluteError, tm.R2Score, tm.PearsonCorrCoef, tm.SpearmanCorrCoef,
               tm.ExplainedVariance, tm.KendallRankCorrCoef):
    print(metric.__name__, metric()(a, b))
image = torch.rand(2, 3, 32, 32)
noisy = (image + 0.05 * torch.randn_like(image)).clamp(0, 1)
print(StructuralSimilarityIndexMeasure(data_range=1.0)(image, noisy), PeakSignalNoiseRatio(data_range=1.0)(image, noisy))
print(WordErrorRate()(["a b c"], ["a b d"]), Perplexity()(torch.randn(2, 4, 5), torch.randint(0, 5, (2, 4))))
together = tm.MetricCollection([tm.Accuracy(task="multiclass", num_classes=5), tm.Recall(task="multiclass", num_classes=5)])
print(together(p, y))
