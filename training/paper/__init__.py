"""D2M-GAN as published: checked against the authors' figures, their checkpoints loaded, trained, in two variants."""
