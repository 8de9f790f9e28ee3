"""The paths of the admin, which is loaded with them."""

from django.contrib import admin
from django.urls import path

from promotions.admin.signed_in import signed_in

admin.autodiscover()

urlpatterns = [
    path("signed-in/", signed_in, name="signed_in"),
    path("", admin.site.urls),
]
