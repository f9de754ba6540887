"""What a command says of an attribute that is to stay as it is, where None takes it away."""


class Keep:
    """Says that an attribute stays as it is."""


KEEP = Keep()
