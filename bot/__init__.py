"""What a duel means: rules, use cases, contenders, and the one place where everything is put together."""
