"""A real Slurm of one node on loopback: munged, slurmctld and slurmd in a folder of their own, as root, no systemd."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel")


class CannotStart(Exception):
    """Why there is no Slurm here."""


def _find(program):
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class SlurmCluster:
    """Started by start(), ended by stop(). `environment` is for programs that talk to it."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.processes = {}
        self.first_job = 0
        self.environment = {"SLURM_CONF": str(folder / "slurm.conf")}

    def start(self):
        missing = [program for program in PROGRAMS if not _find(program)]
        if missing:
            raise CannotStart(f"no {', '.join(missing)}: apt-get install slurm-wlm munge")
        if os.geteuid() != 0:
            raise CannotStart("slurmd must be started by root")
        self._make_folders()
        self._start("munged", "--foreground", "--force", f"--socket={self.folder}/munge.socket",
                    f"--key-file={self.folder}/munge.key", f"--pid-file={self.folder}/munged.pid",
                    f"--log-file={self.folder}/munged.log", f"--seed-file={self.folder}/munged.seed")
        self._wait(lambda: (self.folder / "munge.socket").exists(), "munged")
        self.start_controller(clean=True)
        self._start("slurmd", "-D", "-N", socket.gethostname().split(".")[0])
        self._wait(self._node_is_ready, "slurmd")

    def _make_folders(self):
        for name in ("state", "spool", "logs"):
            (self.folder / name).mkdir()
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        self.ports = (_free_port(), _free_port())

    def _write_configuration(self):
        host = socket.gethostname().split(".")[0]
        cores = os.cpu_count() or 1
        (self.folder / "slurm.conf").write_text(f"""\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={self.ports[0]}
SlurmdPort={self.ports[1]}
FirstJobId={self.first_job}
DebugFlags=NO_CONF_HASH
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={self.folder}/munge.socket
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmdParameters=config_overrides
SchedulerParameters=sched_min_interval=50000,batch_sched_delay=0,sched_interval=1,bf_interval=1
StateSaveLocation={self.folder}/state
SlurmdSpoolDir={self.folder}/spool
SlurmctldPidFile={self.folder}/slurmctld.pid
SlurmdPidFile={self.folder}/slurmd.pid
SlurmctldLogFile={self.folder}/logs/slurmctld.log
SlurmdLogFile={self.folder}/logs/slurmd.log
JobCompType=jobcomp/filetxt
JobCompLoc={self.folder}/logs/jobs.log
KillWait=5
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
""")

    def _start(self, program, *arguments):
        log = open(self.folder / f"{program}.out", "ab")
        self.processes[program] = subprocess.Popen(
            [_find(program), *arguments], env={**os.environ, **self.environment}, stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, start_new_session=True)

    def _wait(self, condition, program, seconds=120.0):
        end = time.monotonic() + seconds
        while not condition():
            ended = self.processes[program].poll() is not None
            if ended or time.monotonic() > end:
                said = (self.folder / f"{program}.out").read_text(errors="replace").strip().splitlines()[-1:]
                raise CannotStart(f"{program} {'ended' if ended else 'is not ready'}: {' '.join(said)}")
            time.sleep(0.1)

    def _node_is_ready(self):
        return self.ask("sinfo", "--noheader", "--format=%t") in ("idle", "mix", "alloc")

    def start_controller(self, clean=False):
        if clean:  # it forgets everything; slurmd still tells of the old jobs, so new ones have other numbers
            self.first_job += 1000
            self._write_configuration()
        self._start("slurmctld", "-D", *(["-c"] if clean else []))
        self._wait(lambda: "UP" in self.ask("scontrol", "ping"), "slurmctld")

    def kill_controller(self):
        self._kill("slurmctld", signal.SIGKILL)

    def ask(self, *command):
        """What a program of Slurm prints."""
        answer = subprocess.run(command, env={**os.environ, **self.environment}, capture_output=True, text=True,
                                timeout=600)
        return answer.stdout.strip()

    def _kill(self, program, number):
        process = self.processes.pop(program, None)
        if process is not None and process.poll() is None:
            process.send_signal(number)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def stop(self):
        if "slurmctld" in self.processes:
            self.ask("scancel", "--full", "--signal=KILL", "--user=root")
        for program in ("slurmctld", "slurmd", "munged"):
            self._kill(program, signal.SIGTERM)
