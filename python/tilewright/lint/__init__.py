"""The Python half of `tilewright lint`: rules over Python source by its AST, and what a program descriptor really holds.

The rules themselves are listed in src/lint/rules.cpp; findings go to the executable as one line of JSON.
"""
