"""Open paramiko to a router and read the first prompt."""

import json
import sys

import paramiko


def main() -> None:
    told = json.loads(sys.argv[1])
    said = {"paramiko": paramiko.__version__, "prompt": "", "error": "", "server": ""}
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    try:
        client.connect(
            told["address"],
            port=told["port"],
            username=told["username"],
            password=told["password"],
            look_for_keys=False,
            allow_agent=False,
            timeout=300,
            banner_timeout=300,
            auth_timeout=300,
        )
    except paramiko.SSHException as error:
        said["error"] = f"{type(error).__name__}: {error}"
    else:
        transport = client.get_transport()
        said["server"] = transport.remote_version if transport else ""
        channel = client.invoke_shell()
        channel.settimeout(300)
        text = ""
        while not text.endswith("#"):
            text += channel.recv(4096).decode()
        said["prompt"] = text.strip()
    finally:
        client.close()
    print(json.dumps(said))


if __name__ == "__main__":
    main()
