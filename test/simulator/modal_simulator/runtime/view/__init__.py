"""What a container sees of the file system."""
