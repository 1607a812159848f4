"""Speed, size and memory, in one run each with what they are compared with: `make bench`, `make bench PART=text`."""
