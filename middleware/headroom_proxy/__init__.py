"""The gateway: a proxy in front of any client of the OpenAI and Anthropic APIs."""
