"""What every model must do, whoever writes it; and the invented shop that they are tried on."""
