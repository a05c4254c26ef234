import modal as m
from modal import App as A
from modal import method

app = stub = A("shape")
alias = app


@alias.function(gpu="T4")
def f(): ...


@stub.cls()
class C:
    @method()
    def go(self): ...
