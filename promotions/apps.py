from django.apps import AppConfig


class PromotionsConfig(AppConfig):
    name = "promotions"
    verbose_name = "Promotions"

    def ready(self) -> None:
        from promotions import sobject_declarations  # models can be imported only now
        from promotions.attention import ATTENTION
        from promotions.background import register
        from promotions.figures import register as register_figure
        from promotions.management.figures import FigureCounting
        from promotions.sobjects.bulk.queries import BulkQueries
        from promotions.sobjects.bulk.worker import BulkJobs

        sobject_declarations.declare_all()
        register(BulkJobs())
        register(BulkQueries())
        register(FigureCounting())
        register_figure(ATTENTION)
