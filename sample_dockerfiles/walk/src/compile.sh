#!/bin/sh
# Stands for the compiler of a real project: what takes its time, and is not to run again after every correction.
set -e
echo "compiling main.in"
sleep 2
sed 's/^#.*//' main.in > app
sed -i '1i #!/bin/sh' app
chmod 755 app
echo "wrote app"
