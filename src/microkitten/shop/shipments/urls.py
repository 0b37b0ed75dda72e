"""Addresses of staff's orders: lists without names, and parcels to be packed."""

from microkitten.shop.shipments import views
from microkitten.web.routes import route

urlpatterns = [
    route("staff/", views.staff_orders, name="staff"),
    route("staff/orders", views.staff_orders, name="staff-orders"),
    route("staff/orders/<str:number>", views.staff_order, name="staff-order"),
    route("staff/orders/<str:number>/parcels/<int:position>/opening", views.opening, name="staff-open"),
    route(
        "staff/orders/<str:number>/parcels/<int:position>/departure", views.departure, name="staff-departure"
    ),
    route("staff/orders/<str:number>/parcels/<int:position>/arrival", views.arrival, name="staff-arrival"),
]
