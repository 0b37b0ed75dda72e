"""The catalog's pages: the same for everybody, so none of these views looks at who is asking (P19)."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from microkitten.policy import purpose
from microkitten.shop.catalog import actions
from microkitten.shop.catalog.actions import browsing
from microkitten.shop.catalog.forms import ListForm, SearchForm
from microkitten.shop.catalog.models.picture import media_type
from microkitten.web.page import show
from microkitten.web.security import public
from microkitten.web.serves import Request, serves

MEDIA_HEADERS = {
    # the name is the hash of the content, so it never changes
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@serves(purpose.operate)
@require_safe
def home(request: Request) -> HttpResponse:
    """Show the first page."""
    page = browsing.home(at=request.now)
    return public(show(None, "catalog/home.html", {"page": page, "here": "home"}))


@serves(purpose.operate)
@require_safe
def shelf(request: Request, slug: str | None = None) -> HttpResponse:
    """Show one page of a category, or of all that there is."""
    sort, number = ListForm.read(request.GET)
    page = browsing.shelf(slug=slug, sort=sort, page=number, at=request.now)
    if page is None:
        raise Http404
    context = {
        "page": page,
        "here": slug or "all",
        "sort": sort,
        "sorts": browsing.SORTS,
    }
    return public(show(None, "catalog/shelf.html", context))


@serves(purpose.operate)
@require_safe
def product(request: Request, slug: str) -> HttpResponse:
    """Show a product; `?variant=` names the SKU that is to be chosen already."""
    page = browsing.product(slug=slug, sku=request.GET.get("variant", ""), at=request.now)
    if page is None:
        raise Http404
    context = {
        "page": page,
        "sheet": page.sheet,
        "here": page.sheet.product.category.slug,
    }
    return public(show(None, "catalog/product.html", context))


@serves(purpose.operate)
@require_safe
def search(request: Request) -> HttpResponse:
    """Show what fits the words, or what comes near them."""
    form, (_, number) = SearchForm(request.GET), ListForm.read(request.GET)
    query = form.cleaned_data["q"] if form.is_valid() else ""
    found = actions.search(query=query, page=number, at=request.now)
    grounds = browsing.grounds()
    context = {
        "form": form,
        "q": query,
        "found": found,
        "grounds": grounds,
        "here": "search",
    }
    return public(
        show(None, "catalog/search.html", context), seconds=0
    )  # what is searched for is kept nowhere


@serves(purpose.operate)
@require_safe
def media(request: Request, name: str) -> HttpResponse:  # noqa: ARG001 # the same for everybody
    """Answer a picture's file; its name is its content's hash, so it may be kept for ever."""
    content = actions.media_bytes(name)
    if content is None:
        raise Http404
    return HttpResponse(content, content_type=media_type(name), headers=MEDIA_HEADERS)
