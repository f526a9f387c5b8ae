"""The parts of the codec of test runs: what a passing test's line looks like, writer, reader."""
