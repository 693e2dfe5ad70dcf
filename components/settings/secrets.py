"""Which secrets a stack file must hold, what each opens and who reads it; their values are never read here."""

from components.settings.markers import Secret
from components.settings.programs import DESCRIBED

#: Secrets by the name that follows `ballast:` in the stack file.
SECRETS: dict[str, Secret] = {name: secret for program in DESCRIBED for name, secret in program.secrets.items()}
for _part, _key in (("id", "objectStoreAccessKey"), ("secret half", "objectStoreSecretKey")):
    SECRETS[_key] = Secret(
        purpose=f"{_part} of the key with which buckets at an endpoint of their own are read and written",
        readers=("whatever has such a bucket",),
        section="**.s3.endpoint",
    )
SECRETS["imagePullConfig"] = Secret(
    purpose="logins at the registries of all images, as docker login writes them (~/.docker/config.json)",
    readers=("nodes",),
    section="images.pullSecret",
)
