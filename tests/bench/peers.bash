# Other programs that send SMS, from Debian's packages (`make bench-deps`), with the settings that
# make them fastest; each works in a folder of its own, as a process of the row.

GAMMU_TABLES=/usr/share/doc/gammu-smsd/examples/sqlite.sql

has_gammu_smsd() { command -v gammu-smsd >/dev/null && [ -r "$GAMMU_TABLES" ]; }
has_smstools() { [ -x /usr/sbin/smsd ]; }

# start_gammu_smsd FOLDER COUNT CONNECTION DEVICE: with so many messages in its outbox, in SQLite. No
# pause between two of them, none when there is nothing to do, no question to the modem but what
# sending needs. The log goes nowhere: libdbi has a complaint for each look into an empty outbox.
start_gammu_smsd() {
    local folder=$1 model=
    [ "$3" != none ] || model='model = dummy'
    mkdir -p "$folder"
    sql "$folder/smsd.db" 'PRAGMA journal_mode = WAL' ".read $GAMMU_TABLES" \
        "WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < $2)
        INSERT INTO outbox (DestinationNumber, TextDecoded, CreatorID, SendingDateTime, SendingTimeOut)
        SELECT '+525512345678', 'bench ' || n, 'bench', '2020-01-01', '2020-01-01' FROM count" \
        >/dev/null
    cat >"$folder/smsdrc" <<END
[gammu]
connection = $3
device = $4
$model
[smsd]
service = sql
driver = sqlite3
dbdir = $folder/
database = smsd.db
logfile = /dev/null
debuglevel = 0
commtimeout = 0
loopsleep = 0
statusfrequency = 0
receivefrequency = 0
receive = no
checksecurity = 0
checkbattery = 0
checksignal = 0
checknetwork = 0
hangupcalls = 0
END
    in_background gammu-smsd sh -c 'exec gammu-smsd -c "$0" >/dev/null 2>&1' "$folder/smsdrc"
}

# How many it has sent.
gammu_smsd_sent() {
    sql -readonly "$1/smsd.db" "SELECT COUNT(*) FROM sentitems WHERE Status LIKE 'SendingOK%'"
}

# start_smstools FOLDER COUNT DEVICE: with so many files in its outgoing folder.
start_smstools() {
    local folder=$1 i
    mkdir -p "$folder"/{outgoing,checked,incoming,failed,sent}
    for ((i = 0; i < $2; i++)); do
        printf 'To: 525512345678\n\nbench %d' "$i" >"$folder/outgoing/$i"
    done
    cat >"$folder/smsd.conf" <<END
devices = GSM1
outgoing = $folder/outgoing
checked = $folder/checked
incoming = $folder/incoming
failed = $folder/failed
sent = $folder/sent
logfile = $folder/smsd.log
infofile = $folder/smsd.working
pidfile = $folder/smsd.pid
loglevel = 3
delaytime = 1
stats_interval = 0
[GSM1]
device = $3
incoming = no
baudrate = 115200
keep_open = yes
check_network = 0
END
    in_background smstools /usr/sbin/smsd -t -c "$folder/smsd.conf"
}

# Versions, for the head of the table.
peer_versions() {
    local package
    for package in gammu-smsd libdbd-sqlite3 smstools wrk; do
        dpkg-query -W -f '${Package} ${Version}, ' "$package" 2>/dev/null
    done | sed 's/, $//'
}
