from django.apps import AppConfig


class EnrollmentsConfig(AppConfig):
    name = "enrollments"
    verbose_name = "Enrollments"

    def ready(self) -> None:
        from enrollments import sobject_declarations
        from enrollments.dependents import Enrollments  # models can be imported only now
        from promotions.dependents import register

        register(Enrollments())
        sobject_declarations.declare_all()
