# smsspool. Lists first, then rules. A source file is found by its folder and name; a new program
# is one word in one list.
#
#   make          build everything              make run      the main job, on the simulated modem
#   make check    build and pass all tests      make lint     format, manuals, units, house rules
#   make bench    what it measures              make fuzz     the parsers of outside bytes
#   make bench-deps  the programs that make bench compares it with
#   make check-tls  all that testssl.sh looks at
#   make install  DESTDIR= PREFIX=              make uninstall, make clean
#
# SAN=address,undefined builds with these sanitizers, in a folder of its own.

VERSION = 0.1.0
SAN     =
BUILD   = build$(if $(SAN),-san)

# --- what there is ------------------------------------------------------------------------------

FCGI_PROGRAMS = send status inbox alerts health metrics auth dead_letters enviar api_sms login

COMMON   = $(wildcard common/*.cc)
FCGI     = $(filter-out $(FCGI_PROGRAMS:%=fcgi/%.cc),$(wildcard fcgi/*.cc))
WORKER   = $(wildcard spoold/worker_*.cc)
MODEM    = $(wildcard spoold/modem_*.cc)
LOOPBACK = $(wildcard spoold/loopback_*.cc)
PROVIDER = $(wildcard spoold/provider_*.cc)
SPOOLD   = $(filter-out $(WORKER) $(MODEM) $(LOOPBACK) $(PROVIDER),$(wildcard spoold/*.cc))
PULL     = $(filter-out $(wildcard pull/webhook_*.cc),$(wildcard pull/*.cc))
WEBHOOK  = $(wildcard pull/webhook_*.cc) pull/stop.cc pull/backoff.cc
CTL      = $(wildcard ctl/*.cc)
SIMMODEM = $(wildcard tests/simmodem/*.cc)
SUPPORT  = $(wildcard tests/support/*.cc)
LOAD     = tests/load/load.cc
MOCKHTTP = $(wildcard tests/mockhttp/*.cc)
MOCK     = $(MOCKHTTP) $(wildcard tests/mockprovider/*.cc)
REMOTE   = $(MOCKHTTP) $(wildcard tests/mockremote/*.cc)
TESTS    = $(patsubst tests/%.cc,%,$(wildcard tests/*_test.cc tests/fuzz/*_test.cc))
FLOWS    = tests/manual_test.sh tests/install_test.sh $(wildcard tests/flow/*.sh tests/crash/*.sh tests/fault/*.sh)
FUZZ     = $(patsubst tests/fuzz/%.cc,%,$(wildcard tests/fuzz/*_fuzz.cc))

PROGRAMS = $(FCGI_PROGRAMS:%=smsspool-%) smsspoold smsspool-modem smsspool-loopback smsspool-provider smsspool-webhook smsspool-pull smsctl simmodem

# --- how it is compiled -------------------------------------------------------------------------

CXX       = g++
CXXFLAGS  = -O2 -g
WARNINGS  = -Wall -Wextra -Werror -Wconversion -Wsign-conversion -Wshadow
HARDENING = -fstack-protector-strong $(if $(SAN),,-D_FORTIFY_SOURCE=2) -fPIE
# With sanitizers g++ 12 takes parts of its own <regex> for uninitialized.
SANITIZE  = $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all \
                        -Wno-maybe-uninitialized)
# A program is a file of its own: what it has of the archives and does not call, each would have in
# memory once more.
SECTIONS  = -ffunction-sections -fdata-sections
ALL_FLAGS = -std=c++20 $(WARNINGS) $(HARDENING) $(SECTIONS) $(SANITIZE) $(CXXFLAGS) -I. -MMD -MP -pthread \
            -DSMSSPOOL_VERSION='"$(VERSION)"' $(shell pkg-config --cflags gammu 2>/dev/null)
LINK      = $(CXX) $(SANITIZE) $(CXXFLAGS) -pie -pthread -Wl,-z,relro,-z,now -Wl,--as-needed \
            -Wl,--gc-sections

LIB_COMMON = -lsqlite3 -lphonenumber -linih -lnettle -lcrypt
LIB_FCGI   = -lfcgi -lcgicc
LIB_SPOOLD = -lsystemd
LIB_MODEM  = -lGammu
LIB_HTTP   = -lcurl

# Who did not say how many jobs to run at once gets one for each processor.
PARALLEL = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))

objects = $(patsubst %.cc,$(BUILD)/%.o,$(1))
BIN     = $(BUILD)/bin
A       = $(BUILD)/libcommon.a

all: $(PROGRAMS:%=$(BIN)/%)

$(BUILD)/%.o: %.cc
	@mkdir -p $(@D)
	@echo "  CXX   $<"
	@$(CXX) $(ALL_FLAGS) $(FLAGS_OF_$(*D)) -c $< -o $@

# g++ 12 also takes what an optional holds for uninitialized; clang++, for `make fuzz`, does not know
# the warning.
FLAGS_OF_tests = -DBOOST_TEST_DYN_LINK \
                 $(if $(findstring clang,$(CXX)),,-Wno-error=maybe-uninitialized)

$(A): $(call objects,$(COMMON))
	@rm -f $@
	@$(AR) rcs $@ $^

$(BUILD)/libfcgi-common.a: $(call objects,$(FCGI))
	@rm -f $@
	@$(AR) rcs $@ $^

define link
@mkdir -p $(@D)
@echo "  LINK  $@"
@$(LINK) -o $@ $(filter %.o %.a,$^) $(1)
endef

$(FCGI_PROGRAMS:%=$(BIN)/smsspool-%): $(BIN)/smsspool-%: $(BUILD)/fcgi/%.o $(BUILD)/libfcgi-common.a $(A)
	$(call link,$(LIB_FCGI) $(LIB_COMMON))
$(BIN)/smsspoold: $(call objects,$(SPOOLD) $(filter %_protocol.cc %_trace.cc,$(WORKER))) $(A)
	$(call link,$(LIB_COMMON) $(LIB_SPOOLD))
$(BIN)/smsspool-modem: $(call objects,$(MODEM) $(WORKER)) $(A)
	$(call link,$(LIB_COMMON) $(LIB_MODEM))
$(BIN)/smsspool-loopback: $(call objects,$(LOOPBACK) $(WORKER)) $(A)
	$(call link,$(LIB_COMMON))
$(BIN)/smsspool-provider: $(call objects,$(PROVIDER) $(WORKER)) $(A)
	$(call link,$(LIB_COMMON) $(LIB_HTTP))
$(BIN)/smsspool-pull: $(call objects,$(PULL)) $(A)
	$(call link,$(LIB_COMMON) $(LIB_HTTP) $(LIB_SPOOLD))
$(BIN)/smsspool-webhook: $(call objects,$(WEBHOOK)) $(A)
	$(call link,$(LIB_COMMON) $(LIB_HTTP) $(LIB_SPOOLD))
$(BIN)/smsctl: $(call objects,$(CTL)) $(A)
	$(call link,$(LIB_COMMON))
$(BIN)/simmodem: $(call objects,$(SIMMODEM)) $(A)
	$(call link,$(LIB_COMMON))

# --- tests --------------------------------------------------------------------------------------

# A unit test links everything that is not a program's own main.
NO_MAIN = $(filter-out %main.cc,$(SPOOLD) $(WORKER) $(CTL) $(SIMMODEM) $(LOOPBACK)) \
          $(filter-out %main.cc %_gammu.cc spoold/modem_gammu_%.cc,$(MODEM)) \
          $(filter-out %main.cc,$(PROVIDER)) $(filter-out %main.cc,$(wildcard pull/*.cc)) $(SUPPORT)

$(BUILD)/libtest.a: $(call objects,$(NO_MAIN))
	@rm -f $@
	@$(AR) rcs $@ $^

$(TESTS:%=$(BIN)/%): $(BIN)/%: $(BUILD)/tests/%.o $(BUILD)/libtest.a $(FCGI_PROGRAMS:%=$(BUILD)/fcgi/%.o) $(BUILD)/libfcgi-common.a $(A)
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	@$(LINK) -o $@ $(BUILD)/tests/$*.o $(FCGI_OF_$*) $(BUILD)/libtest.a $(BUILD)/libfcgi-common.a $(A) \
	    -lboost_unit_test_framework $(LIB_FCGI) $(LIB_SPOOLD) $(LIB_COMMON) $(LIB_HTTP)

# The test of a FastCGI program links that program's handler.
$(foreach p,$(FCGI_PROGRAMS),$(eval FCGI_OF_$(p)_test = $(BUILD)/fcgi/$(p).o))

# The test of the seeds links every fuzz target and what they look at.
FLAGS_OF_tests/fuzz = $(FLAGS_OF_tests)
FCGI_OF_fuzz/seeds_test = $(BUILD)/fcgi/send.o $(call objects,$(FUZZ:%=tests/fuzz/%.cc)) $(LIB_MODEM)
$(BIN)/fuzz/seeds_test: $(call objects,$(FUZZ:%=tests/fuzz/%.cc))

$(BIN)/load: $(BUILD)/tests/load/load.o
	$(call link,$(LIB_HTTP))
$(BIN)/mockprovider: $(call objects,$(MOCK)) $(A)
	$(call link,-lssl -lcrypto $(LIB_COMMON))
$(BIN)/mockremote: $(call objects,$(REMOTE)) $(A)
	$(call link,-lssl -lcrypto $(LIB_HTTP) $(LIB_COMMON))

tests: all $(BIN)/load $(BIN)/mockprovider $(BIN)/mockremote $(TESTS:%=$(BIN)/%)

check: test-packages
	$(MAKE) $(PARALLEL) --no-print-directory tests
	BUILD=$(BUILD) tests/check.sh $(TESTS) $(FLOWS)

run: packages
	$(MAKE) $(PARALLEL) --no-print-directory all
	@BUILD=$(BUILD) FCGI_PROGRAMS="$(FCGI_PROGRAMS)" exec tests/run.sh

packages:
	@tests/packages.sh run

test-packages:
	@tests/packages.sh

# All that testssl.sh looks at, in the site as it is shipped.
check-tls: bench-tools
	BUILD=$(BUILD) CHECKS=all bash tests/flow/tls.sh

lint: test-packages
	$(MAKE) $(PARALLEL) --no-print-directory all
	BUILD=$(BUILD) tests/lint.sh

# One table; ROWS="line connect" measures these alone. The programs that it is compared with are
# installed by bench-deps only.
bench: bench-tools
	BUILD=$(BUILD) tests/bench/bench.sh

bench-deps:
	@tests/packages.sh bench

# What takes long and asserts little or nothing: each fault of a modem with its times; KILLS at random
# while messages go out; the memory of N messages; valgrind over daemon and worker.
bench-tools: test-packages
	$(MAKE) $(PARALLEL) --no-print-directory all $(BIN)/load

bench-faults: bench-tools
	BUILD=$(BUILD) tests/fault/table.bash

KILLS = 1000
bench-crash: bench-tools
	BUILD=$(BUILD) KILLS=$(KILLS) MESSAGES=$$((20 * $(KILLS))) bash tests/crash/kill.sh
	BUILD=$(BUILD) KILLS=$$(($(KILLS) / 20)) MESSAGES=400 bash tests/crash/modem_kill.sh

N = 100000
bench-soak: bench-tools
	BUILD=$(BUILD) N=$(N) tests/bench/soak.sh

bench-valgrind: bench-tools
	tests/packages.sh valgrind
	BUILD=$(BUILD) tests/valgrind/valgrind.sh

# Each target runs for FUZZ_SECONDS from its seeds in tests/fuzz/NAME/.
FUZZ_SECONDS = 30
fuzz: test-packages
	BUILD=build-fuzz FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/fuzz.sh $(FUZZ)

clean:
	rm -rf build build-san build-fuzz

-include mk/install.mk
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

.PHONY: all tests check check-tls run packages test-packages lint bench bench-deps bench-tools \
        bench-faults bench-crash bench-soak bench-valgrind fuzz clean
.SECONDARY:
.DELETE_ON_ERROR:
