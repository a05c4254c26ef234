"""Reads images and PDFs with Qwen3-VL. Nothing here imports modal, and only the engines import torch."""
