"""Where partner systems get access tokens and give them back: ``/services/oauth2/…``.

The protocol is the toolkit's (django-oauth-toolkit, on oauthlib); here is what is ours: which ways
there are to a token (``grants.py``), and what existing clients read of an answer (``views.py``).
"""
