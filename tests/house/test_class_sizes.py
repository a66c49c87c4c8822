#!/usr/bin/env python3
"""What class_sizes.py counts, and that it names what is too large."""

from __future__ import annotations

import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from class_sizes import EXCEPTIONS, classes, main  # noqa: E402


def sizes(text):
    return {each.name: (each.functions, each.data) for each in classes(text)}


class Counting(unittest.TestCase):
    def check(self, text, **expected):
        self.assertEqual(sizes(text), expected)

    def test_access_and_special_members(self):
        self.check(
            """
            namespace a::b {
            class Pool : public Base<int> {
             public:
              Pool() = default;
              explicit Pool(int number) : number_{number}, twice_(2 * number) {}
              Pool(const Pool&) = delete;
              ~Pool();
              int number() const { return number_; }
              void set(int number);
              static Pool make();
              friend bool operator==(const Pool& a, const Pool& b) { return a.number_ == b.number_; }
              using Size = int;
              enum class Kind { small, large };

             private:
              int hidden() const;
              int number_, twice_ = 0;
              static constexpr int kMost = 3;
            };
            }
            """, Pool=(3, 2))

    def test_what_looks_like_the_other(self):
        self.check(
            """
            struct Odd {
              std::function<void(int, std::vector<int>)> call;     // void no(int);
              std::map<int, std::function<int(int)>> calls = {{1, nullptr}};
              int sum = add(1, 2);
              int braced{add(1, 2)};
              const char* text = "int f(); {";
              char brace = '{';
              long large = 1'000'000;
              std::array<int, 8> table{};
              alignas(64) int aligned;
              [[no_unique_address]] int tagged;
              /* int commented; */
              bool operator()(int x) const { return x < 3 && x > 1; }
              bool operator<(const Odd& other) const;
              Odd& operator=(int x);
              bool operator==(const Odd&) const = default;
              auto later(int x) -> std::vector<int>;
              template <typename T, int N = 3>
              T pick(T one = {}) const {
                if (one) { return one; }
                return {};
              }
              operator bool() const { return true; }
            #define NOTHING int gone;
            };
            """, Odd=(6, 10))

    def test_nested_and_named_at_once(self):
        self.check(
            """
            class Outer {
             public:
              struct Inner { int a; int b; };
              void use(const Inner& inner);
             private:
              struct Part { int x; } part_;
              struct Forward;
              std::unique_ptr<Forward> forward_;
              Inner inner_ = {1, 2};
            };
            template <typename T>
            struct Outer2 final { T value; };
            """, **{"Outer": (1, 3), "Outer::Inner": (0, 2), "Outer::Part": (0, 1), "Outer2": (0, 1)})

    def test_initialiser_lists_with_braces(self):
        self.check("struct A { A(int n) noexcept : a{n}, b{n} { a = b; } A(long n) : a(1) {} int a; int b; void f(); };", A=(1, 2))

    def test_classes_in_functions_bodies_do_not_confuse(self):
        self.check("int f() { struct Local { int a; }; return 0; }\nstruct B { int a; };", B=(0, 1))


class Judging(unittest.TestCase):
    def verdict(self, source, exceptions=""):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "sim/base").mkdir(parents=True)
            (root / "sim/base/a.hpp").write_text(source)
            (root / EXCEPTIONS).parent.mkdir(parents=True)
            (root / EXCEPTIONS).write_text(exceptions)
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                status = main([str(root)])
            return status, output.getvalue().splitlines()[0]

    @staticmethod
    def members(functions, data):
        return "\nclass Big {\n public:\n" + "".join(f"  void f{i}();\n" for i in range(functions)) + " private:\n" + "".join(
            f"  int d{i}_ = 0;\n" for i in range(data)) + "};\n"

    def test_limits(self):
        self.assertEqual(self.verdict(self.members(25, 20)), (0, "class sizes: ok"))
        self.assertEqual(self.verdict(self.members(26, 20)),
                         (1, "sim/base/a.hpp:2: Big: 26 public functions, but 25 is the most; split it by responsibility"))
        self.assertEqual(self.verdict(self.members(25, 21)),
                         (1, "sim/base/a.hpp:2: Big: 21 data members, but 20 is the most; split it by responsibility"))

    def test_exceptions(self):
        self.assertEqual(self.verdict(self.members(26, 22), "# why\nclass Big 26 22 it is old\n"), (0, "class sizes: ok"))
        self.assertEqual(self.verdict(self.members(27, 22), "class Big 26 22 it is old\n")[0], 1)
        self.assertEqual(self.verdict(self.members(3, 90), "record Big a column each\n"), (0, "class sizes: ok"))
        self.assertEqual(self.verdict(self.members(26, 90), "record Big a column each\n")[0], 1)

    def test_exceptions_that_are_needed_no_more(self):
        self.assertEqual(self.verdict(self.members(3, 3), "class Big 26 22 it is old\n"),
                         (1, f"{EXCEPTIONS}: Big is small enough now; take its line away"))
        self.assertEqual(self.verdict("", "record Big a column each\n"), (1, f"{EXCEPTIONS}: there is no class Big below sim/"))

    def test_an_exception_has_a_reason(self):
        with self.assertRaises(SystemExit) as raised:
            self.verdict(self.members(3, 3), "class Big 26 22\n")
        self.assertIn(f"{EXCEPTIONS}:1: expected", str(raised.exception))


if __name__ == "__main__":
    unittest.main()
