"""What a member of the staff sees and does with a tablet beside a customer."""
