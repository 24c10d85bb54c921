"""Bring an image that the key servers of a group have in flash into service, one after another.

Run it as `python -m getvpn.playbooks.upgrade network.yml HOSTS IMAGE MD5`, where HOSTS is a file of
SimpleInventory: it prints the steps. With `execute` behind that they are done; what is done is in
the journal that `getvpn runs` shows. Exit codes as those of `getvpn upgrade key-servers`.
"""

import sys

from nornir import InitNornir

from getvpn import GetvpnError, plan_procedure, run_procedure


def main(intent: str, hosts: str, image: str, md5: str, act: str = "plan") -> int:
    """Plan it, and with `execute` carry it out; the exit code."""
    try:
        nornir = InitNornir(
            inventory={"plugin": "SimpleInventory", "options": {"host_file": hosts}},
            logging={"enabled": False},
        )
        name = "upgrade key-servers"
        plan = plan_procedure(nornir, intent, name, images=image, md5=[md5])
        for step in plan.steps:
            sys.stdout.write(f"{step.device or '-'}: {step.name}\n")
        sys.stdout.writelines(f"obstacle: {text}\n" for text in plan.obstacles)
        if act != "execute":
            return 1 if plan.obstacles else 0
        outcome = run_procedure(nornir, plan)
    except GetvpnError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(f"run {outcome.run}: {outcome.status}; {outcome.state}\n{outcome.advice}\n")
    return outcome.exit_code


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
