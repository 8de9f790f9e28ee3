from django.apps import AppConfig


class PromotionsConfig(AppConfig):
    name = "promotions"
    verbose_name = "Promotions"

    def ready(self) -> None:
        from promotions import sobject_declarations  # models can be imported only now

        sobject_declarations.declare_all()
