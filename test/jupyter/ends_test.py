"""How kernels end, and which of them and of their processes live beside and after each other; see kernel.test.ts."""
import os
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path
from queue import Empty

from jupyter_client.manager import start_new_kernel

from kernel_case import TIMEOUT, KernelCase, process_is_there, until


class Ends(KernelCase):
    """Each with a kernel of its own."""

    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    def setUp(self):
        super().setUpClass()
        self.addCleanup(super().tearDownClass)

    def test_shutdown_leaves_no_process(self):
        kernel, bridge = int(self.value("process.pid")), self.bridge
        self.kc.shutdown(reply=True, timeout=TIMEOUT)
        until(lambda: self.km.provisioner.process.poll() is not None, "the program ends")
        self.assertEqual(self.km.provisioner.process.returncode, 0)
        until(lambda: not process_is_there(kernel), "the kernel's process ends")
        self.assertFalse(process_is_there(bridge))

    def test_a_restart_forgets_the_variables_and_keeps_the_ports(self):
        kernel = int(self.value("globalThis.mine = 1; process.pid"))
        self.km.restart_kernel()
        self.kc.wait_for_ready(timeout=TIMEOUT)
        self.assertEqual(self.value("typeof mine"), "'undefined'")
        self.assertFalse(process_is_there(kernel))

    def test_a_killed_program_takes_the_kernel_with_it(self):
        kernel = int(self.value("process.pid"))
        os.kill(self.bridge, signal.SIGKILL)
        until(lambda: not process_is_there(kernel), "the kernel's process ends")

    def test_a_killed_program_takes_a_kernel_in_a_loop_with_it(self):
        kernel = int(self.value("process.pid"))
        msg_id = self.kc.execute("console.log('runs'); for (;;) {}")
        self.until_running(msg_id)
        os.kill(self.bridge, signal.SIGKILL)
        until(lambda: not process_is_there(kernel), "the kernel's process ends")

    def test_a_killed_kernel_is_told_in_its_cell(self):
        kernel = int(self.value("process.pid"))
        msg_id = self.kc.execute("console.log('runs'); for (;;) {}")
        self.until_running(msg_id)
        os.kill(kernel, signal.SIGKILL)
        content = self.reply(msg_id)
        self.assertEqual((content["status"], content["ename"]), ("error", "KernelDied"))
        self.assertIn("SIGKILL", content["evalue"])
        until(lambda: self.km.provisioner.process.poll() is not None, "the program ends")
        self.assertEqual(self.km.provisioner.process.returncode, 1)

    def test_an_idle_killed_kernel_is_told_too(self):
        kernel = int(self.value("process.pid"))
        os.kill(kernel, signal.SIGKILL)
        message = self.kc.get_iopub_msg(timeout=TIMEOUT)
        while message["msg_type"] != "stream":
            message = self.kc.get_iopub_msg(timeout=TIMEOUT)
        self.assertIn("SIGKILL", message["content"]["text"])
        until(lambda: self.km.provisioner.process.poll() is not None, "the program ends")

    def test_nothing_else_is_broadcast_at_the_end(self):
        self.value("1")
        self.kc.shutdown(reply=True, timeout=TIMEOUT)
        until(lambda: self.km.provisioner.process.poll() is not None, "the program ends")
        try:
            while True:
                self.assertEqual(self.kc.get_iopub_msg(timeout=0.2)["msg_type"], "status")
        except Empty:
            pass


class Orphan(unittest.TestCase):
    def test_the_kernel_ends_with_the_process_that_started_it(self):
        program = (
            "from jupyter_client.manager import start_new_kernel\n"
            "km, kc = start_new_kernel(kernel_name='tritloom')\n"
            "print(km.provisioner.process.pid, flush=True)\n"
            "import time; time.sleep(600)\n"
        )
        parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        bridge = int(parent.stdout.readline())
        children = Path(f"/proc/{bridge}/task/{bridge}/children").read_text().split()
        parent.kill()
        parent.wait()
        parent.stdout.close()
        until(lambda: not any(process_is_there(pid) for pid in (bridge, *children)), "program and kernel end")


class TwoKernels(unittest.TestCase):
    def test_kernels_of_two_notebooks_know_nothing_of_each_other(self):
        pairs = [start_new_kernel(kernel_name="tritloom", startup_timeout=TIMEOUT) for _ in range(2)]
        try:
            pairs[0][1].execute("globalThis.mine = 1", reply=True, timeout=TIMEOUT)
            content = pairs[1][1].execute("", user_expressions={"found": "typeof mine"}, reply=True, timeout=TIMEOUT)["content"]
            self.assertEqual(content["user_expressions"]["found"]["data"], {"text/plain": "'undefined'"})
        finally:
            for km, kc in pairs:
                kc.stop_channels()
                km.shutdown_kernel()
