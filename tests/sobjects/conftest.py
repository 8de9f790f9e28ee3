"""A client of the object surface; paths are given from below the version."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.conftest import Api

if TYPE_CHECKING:
    from tests.api.conftest import Answer

VERSION = "v59.0"
DATA = f"/services/data/{VERSION}"


class ObjectApi(Api):
    """The calls below ``/services/data/v59.0/``."""

    def send(self, method: str, path: str, body: Any = None, **options: Any) -> "Answer":
        return super().send(
            method, path if path.startswith("/") else f"{DATA}/{path}", body, **options
        )

    def make(self, name: str, **fields: Any) -> str:
        """Creates a record; its id."""
        answer = self.post(f"sobjects/{name}", fields)
        assert answer.status_code == 201, answer.content
        made: str = answer.json()["id"]
        return made

    def read(self, name: str, record_id: str, *fields: str) -> dict[str, Any]:
        """Some fields of a record."""
        answer = self.get(f"sobjects/{name}/{record_id}?fields={','.join(fields)}")
        assert answer.status_code == 200, answer.content
        return {field: answer.json()[field] for field in fields}


@pytest.fixture
def objects(db: None) -> ObjectApi:
    return ObjectApi()


def problem(answer: "Answer") -> tuple[int, str, list[str]]:
    """Status, code and fields of an answer that lists one error."""
    (entry,) = answer.json()
    return answer.status_code, entry["errorCode"], entry.get("fields", [])
