"""The demo's promotions and offers. Days count from the day of loading: -30 is a month ago."""

from dataclasses import dataclass

TERMS = (
    "Open to customers with an account. One enrollment per customer. It cannot be combined with "
    "other promotions on the same item, and it has no cash value. We may end it early where stock "
    "runs out; who is enrolled by then keeps what was promised."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A promotion: its texts, its days, and how many customers enrolled."""

    name: str
    code: str | None
    display_name: str | None = None
    description: str
    objective: str | None = None
    created: int
    active: bool = True
    starts: int | None = None
    ends: int | None = None
    enrollment: bool = True
    opens: int | None = None
    closes: int | None = None
    enrolled: int = 0
    """How many customers enroll, from its opening to now."""
    places: int | None = None
    """How many customers may enroll at most."""
    switched_off: int | None = None
    """The day on which marketing switches it off again."""
    deleted: int | None = None
    priority: int | None = None
    automatic: bool = True
    business: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """An offer, for one promotion (by its code) or for any."""

    code: str
    name: str
    campaign: str | None = None
    active: bool = True


CAMPAIGNS = (
    # Running.
    Campaign(
        name="Club membership – welcome benefits",
        display_name="Welcome to the club",
        code="WELCOME",
        description="Members get 10 % off their first order and free delivery ever after.",
        objective="Turn first-time buyers into members; 30 % of new customers within a year.",
        created=-360, starts=-350, opens=-350, enrolled=330, priority=10,
    ),
    Campaign(
        name="Coffee card – every tenth cup is free",
        display_name="The tenth cup is on us",
        code="COFFEE10",
        description="Stamped at the till or in the app: nine cups bought, the tenth is free.",
        objective="More visits on weekday mornings.",
        created=-200, starts=-180, opens=-190, ends=95, closes=60, enrolled=210, priority=40,
    ),
    Campaign(
        name="Double points on home delivery",
        display_name="Double points, delivered",
        code="DOUBLE-POINTS",
        description="Twice the points on every order that we bring to the door.",
        created=-75, starts=-60, opens=-70, ends=30, closes=14, enrolled=150, priority=20,
    ),
    Campaign(
        name="Bicycle service week – members first",
        display_name="Members first: bicycle service",
        code="BIKEWEEK",
        description="A free check of brakes, gears and lights; 15 % off spare parts.",
        created=-45, starts=-3, opens=-30, ends=11, closes=0, enrolled=85, places=100,
    ),
    Campaign(
        name="Trade accounts – volume discount",
        display_name="5 % for trade customers",
        code="TRADE5",
        description="Companies that order for more than 2,000 a quarter get 5 % on everything.",
        objective="Keep the trade customers of the wholesale business that we took over.",
        created=-300, starts=-280, opens=-290, ends=200, closes=-20, enrolled=70, business=True,
    ),
    Campaign(
        name="Birthday month",
        display_name="Happy birthday! A present from us",
        code="BIRTHDAY",
        description="A slice of cake and 20 % off one item during the month of the birthday.",
        created=-150, starts=-140, opens=-145, enrolled=140, priority=30,
    ),
    Campaign(
        name="Clearance corner",
        code="CLEARANCE",
        description="Last pieces at half price. For everybody, without enrolling.",
        created=-40, starts=-35, ends=25, enrollment=False, priority=90,
    ),
    Campaign(
        name="Gift wrapping with every order",
        code=None,
        description="Free gift wrapping; the shops apply it by themselves.",
        created=-120, starts=-110, enrollment=False,
    ),
    Campaign(
        name="Second half – loyalty bonus",
        display_name="Stay with us: loyalty bonus",
        code="LOYALTY2",
        description="Whoever has bought in six different months gets a 25 voucher.",
        created=-25, starts=-10, opens=20, closes=50, ends=120,
    ),
    # Enrolling: customers sign up already, it begins later.
    Campaign(
        name="Early access to the new collection",
        display_name="See it before anybody else",
        code="EARLYACCESS",
        description="Two days of shopping before the doors open to everybody.",
        objective="Sell a fifth of the collection before its launch.",
        created=-35, starts=21, opens=-20, ends=35, closes=20, enrolled=120, places=150,
        priority=15,
    ),
    Campaign(
        name="Running club – ten-week training plan",
        display_name="Run with us",
        code="RUNCLUB",
        description="Weekly training with our trainers, and 15 % off shoes for those who finish.",
        created=-28, starts=12, opens=-14, ends=82, enrolled=65,
    ),
    # Scheduled.
    Campaign(
        name="Refer a friend",
        display_name="Good things are shared",
        code="FRIENDS",
        description="10 for you and 10 for the friend who orders for the first time.",
        created=-12, starts=30, opens=15, closes=75, ends=90,
    ),
    Campaign(
        name="Night of the open shops",
        code="OPENNIGHT",
        description="Late opening, music and 12 % off everything after eight.",
        created=-9, starts=45, ends=46, enrollment=False,
    ),
    # Drafts; the first one ran before it was switched off, and its enrollments are paused.
    Campaign(
        name="Organic box subscription",
        display_name="A box of good things every week",
        code="ORGANICBOX",
        description="The third month of a subscription is free.",
        objective="On hold until the supplier's certificate is renewed.",
        created=-130, starts=-120, opens=-125, ends=150, closes=90, enrolled=95, switched_off=-6,
    ),
    Campaign(
        name="Repair instead of replace",
        code="REPAIR",
        description="Half the repair costs back as a voucher.",
        created=-4, active=False, starts=40, opens=30, ends=130, closes=120,
    ),
    Campaign(
        name="Idea: free delivery for students",
        code=None,
        description="To be discussed: how do we check who is a student?",
        created=-2, active=False, enrollment=False,
    ),
    # Ended.
    Campaign(
        name="Summer of reading",
        display_name="Read three, pay for two",
        code="READING",
        description="Three paperbacks for the price of two, for members of the reading club.",
        created=-260, starts=-240, opens=-250, ends=-150, closes=-160, enrolled=120,
    ),
    Campaign(
        name="Garden season opening",
        display_name="The garden is calling",
        code="GARDEN",
        description="20 % off seeds, soil and tools.",
        created=-220, starts=-200, opens=-210, ends=-130, enrolled=75,
    ),
    Campaign(
        name="Moving-in bonus",
        code="MOVEIN",
        description="50 off a delivery above 500, for people who have just moved.",
        created=-330, starts=-320, opens=-325, ends=-21, closes=-40, enrolled=60,
    ),
    Campaign(
        name="Stock up the cellar – the more, the better",
        display_name="The more, the better",
        code="WINECELLAR",
        description="5 % off three bottles of wine, 10 % off six, 15 % off twelve.",
        created=-18, starts=-12, ends=60, enrollment=False, priority=50,
    ),
    # Deleted. Its code is free again, and used by the running one.
    Campaign(
        name="Birthday month (first attempt)",
        code="BIRTHDAY",
        description="Replaced by a simpler one.",
        created=-190, starts=-185, opens=-185, enrolled=20, deleted=-152,
    ),
)  # fmt: skip

VOUCHERS = (
    Voucher(code="NEWSLETTER", name="Newsletter"),
    Voucher(code="APP-BANNER", name="Banner in the app"),
    Voucher(code="TILL-RECEIPT", name="Printed on the receipt"),
    Voucher(code="CALL-CENTRE", name="Recommended on the phone"),
    Voucher(code="POSTER-2", name="Posters, second wave", active=False),
    Voucher(code="WELCOME-MAIL", name="Welcome e-mail", campaign="WELCOME"),
    Voucher(code="WELCOME-PACK", name="Leaflet in the first parcel", campaign="WELCOME"),
    Voucher(code="COFFEE-STAMP", name="First stamp at the till", campaign="COFFEE10"),
    Voucher(code="DP-PUSH", name="Push message", campaign="DOUBLE-POINTS"),
    Voucher(code="BIKE-MAIL", name="Invitation by e-mail", campaign="BIKEWEEK"),
    Voucher(code="TRADE-LETTER", name="Letter to companies", campaign="TRADE5"),
    Voucher(code="EARLY-VIP", name="Invitation to the best customers", campaign="EARLYACCESS"),
    Voucher(code="RUN-FLYER", name="Flyer at the city run", campaign="RUNCLUB"),
    Voucher(code="BOX-TRIAL", name="Trial box", campaign="ORGANICBOX"),
    Voucher(code="BOX-OLD", name="Trial box, first edition", campaign="ORGANICBOX", active=False),
    Voucher(code="READING-MARK", name="Bookmark", campaign="READING"),
)
