from django.urls import re_path

from promotions.oauth.views import RevokeView, TokenView

urlpatterns = [
    re_path(r"^services/oauth2/token/?$", TokenView.as_view(), name="token"),
    re_path(r"^services/oauth2/revoke/?$", RevokeView.as_view(), name="revoke"),
]
