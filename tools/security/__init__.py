"""Security: what is exposed, at risk, unusual or out of policy in the estate. Importing it declares the queries."""

from tools.security import config_compliance as _config_compliance  # noqa: F401
from tools.security import encryption as _encryption  # noqa: F401
from tools.security import findings as _findings  # noqa: F401
from tools.security import identity_hygiene as _identity_hygiene  # noqa: F401
from tools.security import public_exposure as _public_exposure  # noqa: F401
from tools.security import threats as _threats  # noqa: F401
from tools.security import vulnerabilities as _vulnerabilities  # noqa: F401
from tools.security import who_did_what as _who_did_what  # noqa: F401
