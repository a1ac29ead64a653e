"""What the `tilewright` command needs Python for: building and testing operations. Each helper prints one line of JSON."""
