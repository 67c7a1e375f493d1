"""What is found out about failures once the laws are done: the condition under which they occur."""
