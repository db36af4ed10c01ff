"""One folder per inbound dialect: wire → Draft."""
