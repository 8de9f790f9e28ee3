"""The file in a form: straight to where jobs keep theirs, never in memory; API and admin alike."""

from typing import Any, Final

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from enrollments.services.job_files import AudienceFile, Upload
from promotions.errors import refuse
from promotions.services.kept_files import broken_off

FILE: Final = "file"
"""The part of the form."""


class FormFile(FileUploadHandler):
    """Writes the part ``file`` of a form to disk while the form is read; to be the request's only
    upload handler. ``finish`` or ``discard`` it afterwards.

    Reading the form raises ``Refused``: ``payload_too_large``, ``invalid_value`` for a second file.
    """

    _upload: Upload | None = None
    _is_whole = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.field_name != FILE:
            raise SkipFile
        if self._upload is not None:
            raise refuse("invalid_value", "Send one file at a time.", FILE)
        self._upload = Upload(self.file_name or "")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self._upload is not None
        self._upload.write(raw_data)

    def file_complete(self, file_size: int) -> None:
        # Called once the part's end was seen: of a form that breaks off, never.
        self._is_whole = self._upload is not None

    @property
    def has_come(self) -> bool:
        """Whether the form had a file at all."""
        return self._upload is not None

    def finish(self) -> AudienceFile:
        """The file that has come. Raises ``Refused`` where it broke off, or is empty."""
        assert self._upload is not None
        if not self._is_whole:
            raise broken_off()
        return self._upload.finish()

    def discard(self) -> None:
        """Removes what has come of it."""
        if self._upload is not None:
            self._upload.discard()
