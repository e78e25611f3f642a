"""clients.csv as offices really save it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config.clients import read_clients
from gateway.config.problems import Problems
from gateway.core.site.site import Agent, Team

AGENTS = {
    "anna": Agent(id="anna", name="Anna Nowak", uri="sip:anna@127.0.0.1"),
    "jan": Agent(id="jan", name="Jan Łoś", uri="sip:jan@127.0.0.1"),
    "jan2": Agent(id="jan2", name="Jan Łoś", uri="sip:jan2@127.0.0.1"),
}
TEAMS = {"office": Team(id="office", name="Biuro", agents=("anna",))}


def read(data, agents=AGENTS, teams=TEAMS):
    problems = Problems()
    data = data.encode() if isinstance(data, str) else data
    found = read_clients(
        data, "clients.csv", problems, agents=agents, teams=teams, languages=("pl", "en"), country="PL"
    )
    return found, problems.sorted()


POLISH = "numer;klient;nazwa;opiekun;zespół;język\r\n22 000 02 01;1001;Zażółć Gęślą Jaźń;anna;office;pl\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "utf-16"])
def test_polish_letters_come_right_however_it_was_saved(encoding):
    clients, problems = read(POLISH.encode(encoding))
    assert problems == ()
    assert clients["1001"].name == "Zażółć Gęślą Jaźń"
    assert clients["1001"].numbers == ("+48220000201",)
    assert clients["1001"].language == "pl"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("before", ["", "\n", "sep={}\n"])
def test_separators(separator, before):
    text = (before.format(separator) + "Number;CLIENT;Name;Manager;Team\n+48220000201;1001;A B;anna;office\n").replace(
        ";", separator
    )
    clients, problems = read(text)
    assert problems == ()
    assert clients["1001"].name == "A B"


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("+48 22 000 02 01", ["+48220000201"]),
        ("22 000 02 01", ["+48220000201"]),
        ("(22) 000-02-01", ["+48220000201"]),
        ("0048220000201", ["+48220000201"]),
        ("+48220000201 +48220000202", ["+48220000201", "+48220000202"]),
        ("220000201 220000202", ["+48220000201", "+48220000202"]),
        ("+48 22 000 02 01 +48 22 000 02 02", ["+48220000201", "+48220000202"]),
        ("22 000 02 01 / 22 000 02 02", ["+48220000201", "+48220000202"]),
        ("22 000 02 01, 22 000 02 02", ["+48220000201", "+48220000202"]),
        ("22 000 02 01\n22 000 02 02", ["+48220000201", "+48220000202"]),
        ("'+48220000201", ["+48220000201"]),
        ("+44 20 7946 0000", ["+442079460000"]),
        ("22\u00a0000\u00a002\u00a001", ["+48220000201"]),
        ("", []),
    ],
)
def test_numbers_of_one_cell(cell, numbers):
    clients, problems = read(f'number;client;name;manager;team\n"{cell}";1;N;anna;office\n')
    assert problems == ()
    assert list(clients["1"].numbers) == numbers


def test_an_excel_formula_that_keeps_a_number_as_text_is_understood():
    clients, problems = read('number;client;name;manager;team\n"=""+48220000201""";1;N;anna;office\n')
    assert problems == ()
    assert clients["1"].numbers == ("+48220000201",)


@pytest.mark.parametrize("number", ["4,86E+10", "4.86E+10", "4,82200E+10", "4.8e10", "5E+08"])
def test_what_excel_made_of_a_number_is_refused_by_name(number):
    _, problems = read(f"number;client;name;manager;team\n{number};1;N;anna;office\n")
    assert len(problems) == 1
    assert number in problems[0].message
    assert "Format Cells" in problems[0].hint
    assert (problems[0].line, problems[0].column) == (2, 1)


def test_people_can_be_named_in_full_if_only_one_is_called_so():
    clients, problems = read("number,client,name,manager,team\n,1,N,anna nowak,BIURO\n,2,M,Jan Łoś,office\n")
    assert clients["1"].manager == "anna"
    assert clients["1"].team == "office"
    assert ["Jan Łoś" in p.message for p in problems] == [True]


def test_a_line_break_in_a_name_becomes_a_space():
    clients, problems = read(
        'number,client,name,manager,team\n,1,"Evil\r\nX-Header: 1\x00\x7f end",anna,office\n,2,B,jan,office\n'
    )
    assert problems == ()
    assert clients["1"].name == "Evil X-Header: 1 end"
    assert clients["2"].name == "B"


def test_lines_are_counted_behind_a_quoted_line_break():
    _, problems = read('number,client,name,manager,team\n,1,"a\nb\nc",anna,office\n\n,2,B,jon,office\n')
    assert [(p.line, p.column, p.nearest) for p in problems] == [(6, 6, "jan")]


def test_rows_that_excel_leaves_empty_and_columns_for_people_are_skipped():
    clients, problems = read("number;client;name;manager;team;#notes;\n;;;;;;\n;7;N;anna;office;call late;\n;;;;;;\n")
    assert problems == ()
    assert list(clients) == ["7"]


def test_every_mistake_of_a_row_is_told():
    _, problems = read("number,client,name,manager,team,language\nx,y,,nobody,,xx\n")
    assert [p.column for p in problems] == [1, 3, 5, 6, 13, 14]


def test_five_thousand_clients_load_whole():
    rows = [f"+4822{i:07d},{100000 + i},Klient {i} Łódź,anna,office" for i in range(5000)]
    data = "\n".join(["number,client,name,manager,team", *rows])
    start = time.process_time()
    clients, problems = read(data)
    print(f"5,000 clients in {time.process_time() - start:.2f} s")
    assert problems == ()
    assert len(clients) == 5000
    assert len({number for client in clients.values() for number in client.numbers}) == 5000


def test_names_are_not_judged_when_people_are_not_known():
    clients, problems = read("number,client,name,manager,team\n,1,N,who,ever\n", agents=None, teams=None)
    assert problems == ()
    assert clients["1"].manager == "who"


HEADER = "number,client,name,manager,team\n"


@given(st.text(max_size=200) | st.text(alphabet=st.sampled_from('01+;,\t"\n\r eE.a/'), max_size=200))
def test_any_text_gives_clients_or_problems(text):
    read(text)
    clients, problems = read(HEADER + text)
    for client in clients.values():
        if not problems:
            assert client.manager in AGENTS
            assert client.team in TEAMS
            assert client.name.isprintable()
            assert client.id.isdigit()
            assert all(number.startswith("+") and number[1:].isdigit() for number in client.numbers)


@given(st.binary(max_size=200))
def test_any_bytes_give_clients_or_problems(data):
    read(data)
    read(HEADER.encode() + data)
