from django.apps import AppConfig


class EnrollmentsConfig(AppConfig):
    name = "enrollments"
    verbose_name = "Enrollments"

    def ready(self) -> None:
        from enrollments import sobject_declarations
        from enrollments.dependents import Enrollments  # models can be imported only now
        from enrollments.figures import KINDS
        from enrollments.uptake import EnrollmentUptake
        from promotions import figures, uptake
        from promotions.dependents import register

        register(Enrollments())
        uptake.register(EnrollmentUptake())
        for kind in KINDS:
            figures.register(kind)
        sobject_declarations.declare_all()
