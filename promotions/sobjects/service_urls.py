from django.urls import re_path

from promotions.http.routing import DATA, NUMBER
from promotions.sobjects.views import service
from promotions.sobjects.views.soap import SoapView

urlpatterns = [
    re_path(r"^services/data/?$", service.VersionsView.as_view(), name="versions"),
    re_path(DATA + r"/?$", service.ResourcesView.as_view(), name="resources"),
    re_path(DATA + r"/limits/?$", service.LimitsView.as_view(), name="limits"),
    re_path(
        r"^id/(?P<organization>[^/]+)/(?P<user>[^/]+)/?$",
        service.IdentityView.as_view(),
        name="identity",
    ),
    re_path(
        rf"^services/Soap/(?P<kind>[uc])/(?P<version>{NUMBER})(?:/[^/]+)?/?$",
        SoapView.as_view(),
        name="soap",
    ),
    re_path(r"^services/oauth2/userinfo/?$", service.UserInfoView.as_view(), name="userinfo"),
]
