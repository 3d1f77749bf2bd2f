"""D2M-GAN as published (Zhu et al., "Quantized GAN for Complex Music Generation from Dance Videos", ECCV 2022).

Layers, sizes and constants are those of the authors' public code (github.com/L-YeZhu/D2M-GAN, commit 5dc5bbf): where a
docstring names a file and line, it is of that. The VQ-VAE is JukeBox's (Dhariwal et al., 2020), as in
github.com/openai/jukebox, commit 08efbbc. The modules' names are ours: training.paper.checkpoints translates.
"""
