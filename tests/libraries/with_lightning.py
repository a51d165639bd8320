"""Lightning: its Trainer fits, validates, stops early, and keeps the best checkpoint."""
import logging
import tempfile
import warnings

import lightning
import torch
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

warnings.simplefilter("ignore")
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)


class Lit(lightning.LightningModule):
    def __init__(self, lr=1e-2):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))

    def forward(self, x):
        return self.net(x)

    def training_step(self, batch, index):
        x, y = batch
        loss = nn.functional.cross_entropy(self(x), y)
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch, index):
        x, y = batch
        self.log("val_loss", nn.functional.cross_entropy(self(x), y))
        self.log("accuracy", (self(x).argmax(1) == y).float().mean())

    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=self.hparams.lr)
        return {"optimizer": optimizer, "lr_scheduler": torch.optim.lr_scheduler.StepLR(optimizer, 1)}


lightning.seed_everything(0, verbose=False)
x = torch.randn(128, 4)
train, valid = random_split(TensorDataset(x, (x.sum(1) > 0).long()), [100, 28])
with tempfile.TemporaryDirectory() as folder:
    best = ModelCheckpoint(dirpath=folder, monitor="val_loss", filename="best")
    trainer = lightning.Trainer(max_epochs=3, accelerator="cpu", logger=False, enable_progress_bar=False,
                                enable_model_summary=False, default_root_dir=folder, gradient_clip_val=1.0,
                                callbacks=[best, EarlyStopping("val_loss")])
    model = Lit()
    trainer.fit(model, DataLoader(train, batch_size=16, shuffle=True), DataLoader(valid, batch_size=16))
    print({name: value.item() for name, value in trainer.callback_metrics.items()})
    again = Lit.load_from_checkpoint(best.best_model_path)
print(dict(again.hparams), torch.allclose(again(x[:2]), model(x[:2])))
