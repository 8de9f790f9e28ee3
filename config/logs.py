"""Log lines as JSON objects, each with the id of the request it belongs to."""

import json
import logging
from datetime import UTC, datetime

from promotions.request_ids import current_request_id


class AsWarning(logging.Filter):
    """Makes a warning without a traceback of what a logger says: it is the caller's doing."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.exc_info = record.exc_text = None
        return logging.getLogger().isEnabledFor(record.levelno)


class JSONFormatter(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, request id, traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := current_request_id():
            line["request_id"] = request_id
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
