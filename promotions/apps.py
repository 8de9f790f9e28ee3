from django.apps import AppConfig


class PromotionsConfig(AppConfig):
    name = "promotions"
    verbose_name = "Promotions"

    def ready(self) -> None:
        from promotions import sobject_declarations  # models can be imported only now
        from promotions.attention import ATTENTION
        from promotions.background import register
        from promotions.figures import register as register_figure

        sobject_declarations.declare_all()
        register("promotions.sobjects.bulk.worker.BulkJobs")
        register("promotions.sobjects.bulk.queries.BulkQueries")
        register("promotions.management.figures.FigureCounting")
        register_figure(ATTENTION)
