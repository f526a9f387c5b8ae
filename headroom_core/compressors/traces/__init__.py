"""The parts of the view of stack traces: what a frame is, and which frames matter."""
