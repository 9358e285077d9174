"""A kernel that the tests of a class share, and ways to wait."""
import time
import unittest
from pathlib import Path

from jupyter_client.manager import start_new_kernel

TIMEOUT = 60


def process_is_there(pid):
    """Running, or a zombie that its parent has forgotten; those that fell to the system's first process are its business."""
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return not (state == "Z" and parent == "1")


def until(condition, what):
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"after {TIMEOUT} s not yet: {what}")
        time.sleep(0.05)


class KernelCase(unittest.TestCase):
    """Tests that share a kernel, which has to survive each of them."""

    @classmethod
    def setUpClass(cls):
        cls.km, cls.kc = start_new_kernel(kernel_name="tritloom", startup_timeout=TIMEOUT)

    @classmethod
    def tearDownClass(cls):
        cls.kc.stop_channels()
        cls.km.shutdown_kernel(now=True)

    @property
    def count(self):
        """Of the cell that ran last."""
        return self.run_cell("1", store_history=False)[0]["execution_count"]

    def reply(self, msg_id):
        while True:
            message = self.kc.get_shell_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") == msg_id:
                return message["content"]

    def outputs(self, msg_id):
        """Everything broadcast for a request, up to its idle."""
        found = []
        while True:
            message = self.kc.get_iopub_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            found.append((message["msg_type"], message["content"]))
            if message["content"].get("execution_state") == "idle":
                return found

    def run_cell(self, code, **options):
        msg_id = self.kc.execute(code, **options)
        return self.reply(msg_id), self.outputs(msg_id)

    def value(self, code):
        content, outputs = self.run_cell(code)
        self.assertEqual(content["status"], "ok", content)
        return next(output["data"]["text/plain"] for kind, output in outputs if kind == "execute_result")

    def until_running(self, msg_id):
        while True:
            message = self.kc.get_iopub_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") == msg_id and message["msg_type"] == "stream":
                return

    @property
    def bridge(self):
        return self.km.provisioner.process.pid
