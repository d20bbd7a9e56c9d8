"""What a build reads besides folders and files of this machine: standard input, URLs and Git repositories."""
