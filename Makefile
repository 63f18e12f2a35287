# The front door. On a fresh Debian 12 with git and make, `make demo` and `make test` are all one
# needs: what is missing is named, explained and installed first.

PACKAGES := g++ cmake ninja-build pkg-config ccache capnproto libcapnp-dev librocksdb-dev \
  libboost1.81-dev libboost-json1.81-dev libxxhash-dev librapidcheck-dev libgtest-dev \
  libbenchmark-dev libcli11-dev libfmt-dev libspdlog-dev libssl-dev prometheus-cpp-dev \
  libpugixml-dev libexpat1-dev libzstd-dev libxlsxwriter-dev
TEST_PACKAGES := hledger ledger libxml2-utils unzip
CHECK_PACKAGES := clang-format clang-tidy valgrind

export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1
BUILD := cmake --build build
CTEST := ctest --output-on-failure -j2 --test-dir build

.PHONY: help demo test check asan tsan bench bench-growth bench-peak mutants format clean deps build
help: ## what there is
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 22

demo: build/release/build.ninja ## build, then a whole day of every scenario, its books and its audit
	$(BUILD)/release --target longmen longmen-audit && build/release/longmen demo

test: build ## build, then every test
	@.ci/deps $(TEST_PACKAGES)
	$(CTEST)/release

check: build ## format, house rules, layers, instructions an event, clang-tidy
	@.ci/deps $(CHECK_PACKAGES)
	.ci/check build/release

asan: build/asan/build.ninja ## every test under AddressSanitizer and UBSan
	$(BUILD)/asan && $(CTEST)/asan

tsan: build/tsan/build.ninja ## every test under ThreadSanitizer
	$(BUILD)/tsan && $(CTEST)/tsan

bench: build/release/build.ninja ## every figure beside its peer or limit of the same run
	$(BUILD)/release --target longmen-bench longmen-bench-fold longmen-bench-clearing longmen-bench-exports \
	  longmen-bench-reconciliation
	build/release/longmen-bench --json build/bench.json
	build/release/longmen-bench-fold
	build/release/longmen-bench-clearing
	build/release/longmen-bench-exports
	build/release/longmen-bench-reconciliation

bench-growth: build/release/build.ninja ## 1, 10 and 100 million events; LONGMEN_BENCH_EVENTS caps it
	$(BUILD)/release --target longmen-bench && build/release/longmen-bench --only growth

bench-peak: build/release/build.ninja ## the metro's 2,840,000 rides of its busiest day; LONGMEN_BENCH_RIDES says fewer
	$(BUILD)/release --target longmen-bench-peak && LONGMEN_BIN=build/release build/release/longmen-bench-peak

mutants: build/release/build.ninja ## break the engine on purpose; every break must be caught
	tests/mutants/run

format: ## clang-format every source
	@.ci/deps $(CHECK_PACKAGES)
	git ls-files '*.h' '*.cc' | xargs clang-format -i

clean: ## forget everything that was built
	rm -rf build

build: build/release/build.ninja
	$(BUILD)/release

deps:
	@.ci/deps $(PACKAGES)

build/%/build.ninja: CMakePresets.json | deps
	cmake --preset $* --log-level=WARNING
	@touch $@
