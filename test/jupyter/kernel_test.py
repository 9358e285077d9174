"""The kernel as Jupyter's own client sees it. The kernelspec `tritloom` is installed before; see kernel.test.ts."""
import zmq
from jupyter_client.session import Session
from jupyter_kernel_test import IopubWelcomeTests, KernelTests

from kernel_case import TIMEOUT, KernelCase, until


class Conformance(KernelTests):
    """What the project Jupyter asks of every kernel."""

    # There is no pager, and no way to clear outputs.
    test_pager = test_clear_output = None

    kernel_name = "tritloom"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = 'console.log("hello, world")'
    code_stderr = 'console.error("oh")'
    completion_samples = [
        {"text": "Math.hyp", "matches": ["hypot"]},
        {"text": "const one = Math.atan", "matches": ["atan", "atan2", "atanh"]},
        {"text": "globalThis.structuredC", "matches": ["structuredClone"]},
        {"text": '"Math.hyp', "matches": []},
        {"text": "// Math.hyp", "matches": []},
    ]
    complete_code_samples = ["1 + 1", "const a: number = 1;", "function f() {\n  return 1;\n}", "await 1", '{ "a": 1 }', "<div/>", "", "// a remark"]
    incomplete_code_samples = ["function f() {", "const a = [1,", "`text", "/* remark", "1 +", '{ "a": 1,', "if (true) {\n  1;", "foo(", "class A {\n  b() {"]
    invalid_code_samples = ["const = 1", "1 1", 'const a = "text', "}", "def f():", "foo bar("]
    code_generate_error = "throw new RangeError('no')"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "[1, 2]", "result": "[ 1, 2 ]"},
        {"code": "'a' + 'b'", "result": "'ab'"},
        {"code": "6 * 7", "result": "42"},
        {"code": "6 * 7", "result": "42"},
    ]
    code_display_data = [
        {"code": 'display({ "text/html": "<b>bold</b>" })', "mime": "text/html"},
        {"code": 'display({ "image/png": new Uint8Array(4) })', "mime": "image/png"},
        {"code": 'display({ "application/json": { a: 1 } })', "mime": "application/json"},
    ]
    code_history_pattern = "6 ? 7"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Math.hypot"


class Welcome(IopubWelcomeTests):
    kernel_name = "tritloom"
    support_iopub_welcome = True


del KernelTests, IopubWelcomeTests


class Execution(KernelCase):
    def test_messages_of_a_cell_come_in_the_order_of_the_specification(self):
        before = self.count
        _, outputs = self.run_cell("console.log(1); console.error(2); display(3); 4")
        self.assertEqual(
            [kind for kind, _ in outputs], ["status", "execute_input", "stream", "stream", "display_data", "execute_result", "status"]
        )
        self.assertEqual(outputs[1][1], {"code": "console.log(1); console.error(2); display(3); 4", "execution_count": before + 1})

    def test_silent_code_shows_nothing_and_is_not_counted(self):
        before = self.count
        content, outputs = self.run_cell("globalThis.quiet = 1; console.log(2); display(3); 4", silent=True)
        self.assertEqual(content["status"], "ok")
        self.assertEqual([kind for kind, _ in outputs], ["status", "status"])
        self.assertEqual(self.count, before)
        content, _ = self.run_cell("quiet")
        self.assertEqual(content["execution_count"], before + 1)
        history = self.kc.history(hist_access_type="tail", n=1, output=True, reply=True, timeout=TIMEOUT)["content"]["history"]
        self.assertEqual(history, [[1, before + 1, ["quiet", "1"]]])

    def test_user_expressions_give_values_and_errors(self):
        content, _ = self.run_cell("const six = 6", user_expressions={"good": "six * 7", "bad": "seven"})
        good, bad = content["user_expressions"]["good"], content["user_expressions"]["bad"]
        self.assertEqual(good, {"status": "ok", "data": {"text/plain": "42"}, "metadata": {}})
        self.assertEqual((bad["status"], bad["ename"]), ("error", "ReferenceError"))

    def test_an_error_has_a_traceback_and_gives_up_the_cells_behind_it(self):
        number = self.count + 1
        failing = self.kc.execute("function inner() { null.x; }\nawait new Promise((go) => setTimeout(go, 100));\ninner()")
        behind = [self.kc.execute("globalThis.ran = 1") for _ in range(3)]
        content = self.reply(failing)
        self.assertEqual((content["status"], content["ename"]), ("error", "TypeError"))
        self.assertIn("Cannot read properties of null", content["traceback"][0])
        self.assertRegex(content["traceback"][1], f"inner.*cell {number}, line 1")
        self.assertRegex(content["traceback"][2], f"cell {number}, line 3")
        self.assertEqual([self.reply(each)["status"] for each in behind], ["aborted"] * 3)
        self.assertEqual(self.value("typeof ran"), "'undefined'")

    def test_without_stop_on_error_the_cells_behind_run(self):
        self.kc.execute("throw 1", stop_on_error=False)
        self.assertEqual(self.reply(self.kc.execute("1"))["status"], "ok")

    def test_a_syntax_error_is_an_error(self):
        content, outputs = self.run_cell("const = 1")
        self.assertEqual((content["status"], content["ename"]), ("error", "SyntaxError"))
        self.assertEqual(outputs[2][0], "error")

    def test_an_update_replaces_the_display_of_its_id(self):
        _, first = self.run_cell('const shown = display({ "text/html": "<i>1</i>" })')
        _, second = self.run_cell('shown.update({ "text/html": "<i>2</i>" })')
        made, updated = first[2], second[2]
        self.assertEqual((made[0], updated[0]), ("display_data", "update_display_data"))
        self.assertEqual(made[1]["transient"], updated[1]["transient"])
        self.assertEqual(updated[1]["data"], {"text/html": "<i>2</i>"})

    def test_output_of_timers_belongs_to_their_cell(self):
        msg_id = self.kc.execute("setTimeout(() => console.log('late'), 200); 1")
        self.outputs(msg_id)
        message = self.kc.get_iopub_msg(timeout=TIMEOUT)
        self.assertEqual((message["parent_header"]["msg_id"], message["content"]["text"]), (msg_id, "late\n"))

    def test_json_is_a_value_and_bytes_are_base64(self):
        _, outputs = self.run_cell('display({ "application/json": { a: [1, null] }, "image/png": Uint8Array.of(1, 2, 3) })')
        self.assertEqual(outputs[2][1]["data"], {"application/json": {"a": [1, None]}, "image/png": "AQID"})

    def test_much_output_arrives_whole(self):
        _, outputs = self.run_cell("for (let i = 0; i < 20000; i++) console.log(String(i).padStart(40))")
        text = "".join(content["text"] for kind, content in outputs if kind == "stream")
        self.assertEqual([int(line) for line in text.splitlines()], list(range(20000)))


class Assistance(KernelCase):
    def complete(self, code, cursor=None):
        return self.kc.complete(code, cursor, reply=True, timeout=TIMEOUT)["content"]

    def inspect(self, code, cursor=None, level=0):
        return self.kc.inspect(code, cursor, level, reply=True, timeout=TIMEOUT)["content"]

    def test_completes_what_cells_have_defined(self):
        self.run_cell("const learningRate = 1;\nclass Layer { units = 3; forward() {} get heavy() { throw 1; } }\nconst layer = new Layer();\nimport * as path from 'node:path';")
        self.assertEqual(self.complete("learn")["matches"], ["learningRate"])
        self.assertEqual(self.complete("LEARN")["matches"], ["learningRate"])
        self.assertEqual(self.complete("layer.")["matches"][:4], ["units", "constructor", "forward", "heavy"])
        self.assertEqual(self.complete("layer.heavy.")["matches"], [])
        self.assertEqual(self.complete("path.posix.ba")["matches"], ["basename"])
        self.assertEqual(self.complete("const mine = 2;\nconsole.log(mi)", 30)["matches"][0], "mine")
        self.assertIn("extends", self.complete("class B ext")["matches"] + self.complete("ext")["matches"])

    def test_places_are_counted_in_code_points(self):
        code = '"\U0001d54f\U0001d54f"; Math.hyp'
        content = self.complete(code)
        self.assertEqual((content["cursor_start"], content["cursor_end"], content["matches"]), (len(code) - 3, len(code), ["hypot"]))
        kind = content["metadata"]["_jupyter_types_experimental"][0]
        self.assertEqual(kind, {"start": len(code) - 3, "end": len(code), "text": "hypot", "type": "function"})

    def test_tells_what_a_name_stands_for(self):
        self.run_cell("const sizes = [1, 2];\nfunction area(width: number, height = 2) { return width * height; }")
        self.assertEqual(self.inspect("sizes")["data"]["text/plain"], "sizes: Array\n[ 1, 2 ]")
        self.assertEqual(self.inspect("area(1, ", 8)["data"]["text/plain"], "function area(width, height = 2)")
        self.assertIn("return width * height", self.inspect("area", level=1)["data"]["text/plain"])
        self.assertEqual(self.inspect("nothing"), {"status": "ok", "found": False, "data": {}, "metadata": {}})

    def test_the_types_tell_what_has_not_run_and_the_docstrings(self):
        code = "import * as api from 'tritloom';\napi.layers."
        until(lambda: "lstm" in self.complete(code)["matches"], "the language server has started")
        self.run_cell("/** Twice as much. */ function twice(x: number) { return 2 * x; }")
        until(lambda: "Twice as much." in self.inspect("twice(1)", 3)["data"].get("text/plain", ""), "the docstring is told")
        self.assertEqual(self.complete("twice(1).toFi")["matches"], ["toFixed"])

    def test_incomplete_code_is_indented(self):
        content = self.reply(self.kc.is_complete("if (true) {\n  for (;;) {"))
        self.assertEqual(content, {"status": "incomplete", "indent": "    "})


class Input(KernelCase):
    def ask(self, code):
        msg_id = self.kc.execute(code, allow_stdin=True)
        return msg_id, self.kc.get_stdin_msg(timeout=TIMEOUT)["content"]

    def test_a_prompt_asks_the_client(self):
        msg_id, asked = self.ask('const name = prompt("Name?"); name')
        self.assertEqual(asked, {"prompt": "Name?", "password": False})
        self.kc.input("Ada")
        self.assertEqual(self.reply(msg_id)["status"], "ok")
        self.assertEqual(self.value("name"), "'Ada'")

    def test_a_question_of_yes_or_no(self):
        for answer, value in (("y", "true"), ("No", "false")):
            msg_id, asked = self.ask("const sure = confirm('Sure?')")
            self.assertEqual(asked["prompt"], "Sure? (y/n) ")
            self.kc.input(answer)
            self.reply(msg_id)
            self.assertEqual(self.value("sure"), value)

    def test_without_a_user_it_is_refused_in_words(self):
        content, _ = self.run_cell('prompt("Name?")', allow_stdin=False)
        self.assertEqual((content["status"], content["ename"]), ("error", "InputError"))
        self.assertIn("set the value in the cell", content["evalue"])
        content, outputs = self.run_cell('alert("done")', allow_stdin=False)
        self.assertEqual((content["status"], outputs[2][1]["text"]), ("ok", "done\n"))

    def test_an_interrupt_ends_the_waiting(self):
        msg_id, _ = self.ask('prompt("Name?")')
        self.km.interrupt_kernel()
        self.assertEqual(self.reply(msg_id)["status"], "error")
        self.assertEqual(self.value("1 + 1"), "2")


class Interruption(KernelCase):
    def interrupted(self, code):
        self.run_cell("var kept = 1")
        msg_id = self.kc.execute(f"console.log('runs'); {code}")
        behind = self.kc.execute("2")
        self.until_running(msg_id)
        self.km.interrupt_kernel()
        content = self.reply(msg_id)
        self.assertEqual((content["status"], content["ename"]), ("error", "Interrupted"))
        self.assertEqual(self.reply(behind)["status"], "aborted")
        self.assertEqual(self.value("kept"), "1")

    def test_a_loop(self):
        self.interrupted("for (;;) {}")

    def test_an_await(self):
        self.interrupted("await new Promise(() => {})")

    def test_an_idle_kernel_is_not_harmed(self):
        self.kc.control_channel.send(self.kc.session.msg("interrupt_request", {}))
        self.assertEqual(self.kc.get_control_msg(timeout=TIMEOUT)["content"], {"status": "ok"})
        self.assertEqual(self.value("1 + 1"), "2")


class Hostile(KernelCase):
    def raw(self, channel, frames):
        socket = zmq.Context.instance().socket(zmq.DEALER)
        self.addCleanup(socket.close, 0)
        socket.connect(f"tcp://{self.km.ip}:{getattr(self.km, channel + '_port')}")
        socket.send_multipart(frames)
        return socket

    def signed(self, key, message_type="kernel_info_request", content=None):
        session = Session(key=key)
        return session.serialize(session.msg(message_type, content or {}))

    def test_what_is_not_signed_with_the_key_is_not_answered(self):
        wrong = [self.raw(channel, self.signed(b"another key")) for channel in ("shell", "control")]
        empty = self.signed(self.km.session.key)
        empty[1] = b""
        wrong.append(self.raw("shell", empty))
        changed = self.signed(self.km.session.key, "execute_request", {"code": "1"})
        changed[5] = b'{"code": "globalThis.stolen = 1"}'
        wrong.append(self.raw("shell", changed))
        self.assertEqual(self.value("typeof stolen"), "'undefined'")
        self.assertEqual([socket.poll(200) for socket in wrong], [0] * 4)
        right = self.raw("shell", self.signed(self.km.session.key))
        self.assertNotEqual(right.poll(TIMEOUT * 1000), 0)

    def test_broken_frames_end_nothing(self):
        key = self.km.session.key
        good = self.signed(key)
        session = Session(key=key)
        no_json = [b"{", b"{}", b"{}", b"{}"]
        no_header = [b"[]", b"{}", b"{}", b"{}"]
        deep = [b"[" * 100000, b"{}", b"{}", b"{}"]
        for frames in ([b""], [b"a", b"b"], good[:3], [b"<IDS|MSG>"], *([b"<IDS|MSG>", session.sign(parts), *parts] for parts in (no_json, no_header, deep))):
            for channel in ("shell", "control", "stdin"):
                self.raw(channel, frames)
        self.assertEqual(self.value("1 + 1"), "2")

    def test_wrong_contents_get_an_error_reply(self):
        for kind, content in (
            ("execute_request", {"code": 1}),
            ("complete_request", {"code": "x", "cursor_pos": -1}),
            ("inspect_request", {}),
            ("history_request", {"hist_access_type": "everything"}),
            ("strange_request", {}),
            ("constructor_request", {}),
        ):
            with self.subTest(kind):
                message = self.kc.session.msg(kind, content)
                self.kc.shell_channel.send(message)
                reply = self.reply(message["header"]["msg_id"])
                self.assertEqual(reply["status"], "error", reply)
        self.assertEqual(self.complete_beyond(), [])

    def complete_beyond(self):
        return self.kc.complete("x qq", 1000000, reply=True, timeout=TIMEOUT)["content"]["matches"]

    def test_a_comm_of_an_unknown_target_is_closed(self):
        message = self.kc.session.msg("comm_open", {"comm_id": "7", "target_name": "jupyter.widget", "data": {}})
        self.kc.shell_channel.send(message)
        self.assertIn(("comm_close", {"comm_id": "7", "data": {}}), self.outputs(message["header"]["msg_id"]))
        self.assertEqual(self.kc.comm_info(reply=True, timeout=TIMEOUT)["content"], {"status": "ok", "comms": {}})

    def test_the_heartbeat_echoes_while_a_cell_is_in_a_loop(self):
        msg_id = self.kc.execute("console.log('runs'); for (;;) {}")
        self.until_running(msg_id)
        socket = zmq.Context.instance().socket(zmq.REQ)
        self.addCleanup(socket.close, 0)
        socket.connect(f"tcp://{self.km.ip}:{self.km.hb_port}")
        socket.send(b"ping")
        self.assertNotEqual(socket.poll(TIMEOUT * 1000), 0)
        self.assertEqual(socket.recv(), b"ping")
        self.km.interrupt_kernel()
        self.assertEqual(self.reply(msg_id)["status"], "error")
