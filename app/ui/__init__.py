"""What subjects share on the page; it imports none of them."""
