"""Whether somebody is signed in still: asked by a page before it sends what was typed into it."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.cache import never_cache


@never_cache
def signed_in(request: HttpRequest) -> HttpResponse:
    """``{"token": …}``, the one that forms are sent with now; 403 for whoever is signed out."""
    if not admin.site.has_permission(request):
        return HttpResponse(status=403)
    return JsonResponse({"token": get_token(request)})
