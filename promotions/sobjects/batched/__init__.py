"""Jobs that come in batches: the older dialect of the bulk calls, below ``/services/async``.

What becomes of the rows is ``promotions/sobjects/bulk``'s. Source: what existing clients send and
read (simple-salesforce ``bulk.py``, jsforce ``api/bulk.js``, salesforce-bulk, tap-salesforce), and
the public reference of that dialect where they leave it open.
"""
