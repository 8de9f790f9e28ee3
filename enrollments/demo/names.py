"""The words that the demo's people and companies are made of. All of them are invented."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """Where some of the people live: what they are called, and how their telephones begin."""

    share: int
    """How many of a hundred people live here."""
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    companies: tuple[str, ...]
    """Company names around a family's name."""
    household: str
    phones: tuple[str, ...]
    """Telephone numbers, ``#`` for a digit: from the ranges kept free for films and books."""


GERMAN = Region(
    share=27,
    first_names=(
        "Anna", "Jürgen", "Lena", "Björn", "Katharina", "Matthias", "Sabine", "Jörg", "Ute",
        "Moritz", "Greta", "Sören", "Annika", "Tobias", "Heike", "Fabian", "Käthe", "Lukas",
        "Renate", "Niklas", "Ayşe", "Mehmet", "Zeynep", "Emre",
    ),
    last_names=(
        "Schröder", "Müller", "Weiß", "Krüger", "Lindner", "Böhm", "Vogt", "Jäger", "Hoffmann",
        "Groß", "Brandt", "Schäfer", "Kühn", "Winter", "Lehmann", "Voß", "Öztürk", "Yıldız",
        "Friedrich", "Haas",
    ),
    companies=(
        "Bäckerei {}", "{} & Söhne GmbH", "Apotheke {}", "Gärtnerei {}", "Autohaus {} KG",
        "Buchhandlung {}", "Café {}",
    ),
    household="Familie {}",
    phones=("+49 30 23125 ###", "+49 40 66969 ###", "+49 89 99998 ###", "+49 69 90009 ###"),
)  # fmt: skip

ENGLISH = Region(
    share=22,
    first_names=(
        "Olivia", "Thomas", "Grace", "Siân", "Oliver", "Amelia", "George", "Zoë", "Callum",
        "Niamh", "Priya", "Arjun", "Fatima", "Daniel", "Chloë", "Isaac", "Ruth", "Kwame",
        "Harriet", "Rhys",
    ),
    last_names=(
        "Walker", "O'Connor", "Hughes", "Patel", "Bennett", "Clarke", "Morgan", "Fletcher",
        "Okafor", "Singh", "D'Arcy", "Marsh", "Whitfield", "Reid", "Llewellyn", "Ahmed",
        "Sutton", "Price", "Hargreaves", "Lowe",
    ),
    companies=(
        "{} & Co. Ltd", "{} Brothers", "The {} Bakery", "{} Garden Centre", "{} Cycles",
        "{} & Daughters", "{} Books",
    ),
    household="The {} household",
    phones=("+44 20 7946 0###", "+44 7700 900###", "+44 161 496 0###", "+44 29 2018 0###"),
)  # fmt: skip

FRENCH = Region(
    share=15,
    first_names=(
        "Élodie", "François", "Hélène", "Mathieu", "Chloé", "Jérôme", "Amélie", "Benoît",
        "Anaïs", "Rémi", "Solène", "Loïc", "Inès", "Gaël", "Maëlle", "Yannick",
    ),
    last_names=(
        "Lefèvre", "Dubois", "Garnier", "Château", "Béranger", "Moreau", "Pélissier", "Rousseau",
        "D'Estienne", "Le Goff", "Marchand", "Besançon", "Noël", "Fontaine", "Guérin", "Caron",
    ),
    companies=(
        "Boulangerie {}", "Maison {}", "Librairie {}", "Fromagerie {}", "Garage {} SARL",
        "{} et Fils",
    ),
    household="Famille {}",
    phones=("+33 1 99 00 ## ##", "+33 6 39 98 ## ##", "+33 4 65 71 ## ##"),
)  # fmt: skip

SPANISH = Region(
    share=13,
    first_names=(
        "Lucía", "Álvaro", "Sofía", "Íñigo", "Martín", "Carmen", "Begoña", "José", "Nuria",
        "Raúl", "Inés", "Óscar", "Belén", "Andrés", "Ximena", "Joaquín",
    ),
    last_names=(
        "Muñoz", "García Peña", "Ibáñez", "Núñez", "Castaño", "Fernández", "Ordóñez", "Vázquez",
        "Ruiz Zafra", "Calderón", "Domínguez", "Etxeberria", "Solís", "Bermúdez", "Arias", "León",
    ),
    companies=(
        "Panadería {}", "Talleres {} S.L.", "Librería {}", "Viveros {}", "Hermanos {}", "Casa {}",
    ),
    household="Familia {}",
    phones=("+1 202 555 01##", "+1 305 555 01##", "+1 512 555 01##"),
)  # fmt: skip

POLISH = Region(
    share=12,
    first_names=(
        "Agnieszka", "Łukasz", "Małgorzata", "Paweł", "Zofia", "Michał", "Żaneta", "Tomasz",
        "Bożena", "Grzegorz", "Kinga", "Stanisław", "Oliwia", "Wojciech",
    ),
    last_names=(
        "Wiśniewska", "Kowalczyk", "Zieliński", "Wójcik", "Dąbrowska", "Jabłoński", "Król",
        "Górska", "Wróbel", "Sikora", "Pawłowska", "Żak", "Błaszczyk", "Śliwa",
    ),
    companies=("Piekarnia {}", "{} i Synowie", "Księgarnia {}", "Ogrody {}", "Warsztat {}"),
    household="Rodzina {}",
    phones=("+44 7700 900###", "+49 30 23125 ###"),
)  # fmt: skip

NORDIC = Region(
    share=11,
    first_names=(
        "Åsa", "Björn", "Maja", "Søren", "Freja", "Håkon", "Linnéa", "Lars", "Øyvind", "Kirsi",
        "Anders", "Päivi", "Tove", "Jussi",
    ),
    last_names=(
        "Lindqvist", "Sørensen", "Ångström", "Bjørnstad", "Nyström", "Hämäläinen", "Dahl",
        "Øverland", "Sjöberg", "Virtanen", "Kjær", "Ekström", "Mäkelä", "Holm",
    ),
    companies=("{} Bygg AB", "{}s Bageri", "{} & Co A/S", "{} Cykler", "Kafé {}"),
    household="Familjen {}",
    phones=("+46 8 465 004 ##", "+46 31 390 06 ##", "+46 40 628 04 ##"),
)  # fmt: skip

REGIONS = (GERMAN, ENGLISH, FRENCH, SPANISH, POLISH, NORDIC)
